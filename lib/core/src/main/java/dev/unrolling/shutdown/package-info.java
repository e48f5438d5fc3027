/** The order in which things end when the process does. */
package dev.unrolling.shutdown;

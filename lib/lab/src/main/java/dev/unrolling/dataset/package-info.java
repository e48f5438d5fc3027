/** Data sets by the names that settings give them, and what tells one from another. */
package dev.unrolling.dataset;

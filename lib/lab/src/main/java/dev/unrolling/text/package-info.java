/** Text encoders: from sentences to vectors. */
package dev.unrolling.text;

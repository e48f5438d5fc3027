/** What a run that was cut off goes on from: its file's format, and when it is written. */
package dev.unrolling.training.saved;

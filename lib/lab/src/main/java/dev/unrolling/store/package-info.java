/**
 * Results on disk: a folder a run, named by a hash of all that decides its numbers, with where it
 * comes from and, while it is not finished, the state to resume from.
 */
package dev.unrolling.store;

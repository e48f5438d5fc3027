/**
 * Data sets, the batches taken from them and the order in which training visits the batches.
 * Loaders read the official files; {@code DataCache} fetches and checks them.
 */
package dev.unrolling.data;

/**
 * A request to forget, served for a user's own model and data, from files to files: what the
 * command {@code forget} does.
 */
package dev.unrolling.forgetting;

/**
 * Methods of later papers that have only w_t, the forget set and what stays: what the paper's
 * methods are set beside. Weights and rates are those that their authors name where they name some;
 * what is ours says so.
 */
package dev.unrolling.unlearning.baselines;

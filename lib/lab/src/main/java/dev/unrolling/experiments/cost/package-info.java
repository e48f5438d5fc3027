/** E8: what forgetting costs, against SISA and retraining. */
package dev.unrolling.experiments.cost;

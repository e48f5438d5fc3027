/** E1 to E5 and E7: v and e over the steps of fine-tuning, on pictures and film reviews. */
package dev.unrolling.experiments.finetuning;

/** Functions of a model's logits that all engines share: soft-max and standard deviation. */
package dev.unrolling.engine.logits;

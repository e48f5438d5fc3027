/**
 * What the paper derives: SGD unrolled to second order, the unlearning error and its checkpointed
 * form, the leading term of the verification error, and closed forms of the SD loss.
 */
package dev.unrolling.unlearning.theory;

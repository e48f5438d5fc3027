/**
 * What a user brings to have something forgotten: two models, data, a list of examples, and how the
 * model was trained.
 */
package dev.unrolling.forgetting.inputs;

package dev.unrolling.training;

import dev.unrolling.engine.Loss;
import java.util.Optional;

/**
 * The objective on the batch of a step, before its update. Reading a value waits for the device.
 *
 * @param original of M
 * @param retrained of M', on its own batch; empty if M' took no step or M is trained alone
 */
public record StepLosses(Loss original, Optional<Loss> retrained) {}

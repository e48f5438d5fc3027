/**
 * What changes from step to step: rates by a schedule, gamma by its decay. Open to schedules of
 * one's own, by name.
 */
package dev.unrolling.training.schedule;

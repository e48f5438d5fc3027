/**
 * What a run is watched for so that it can be undone: the forgotten gradient, the visits and their
 * rates, checkpoints, and what is carried along the trajectory.
 */
package dev.unrolling.unlearning.recording;

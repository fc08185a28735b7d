/// The stages that a job file may name.
package enum StageRegistry {}

// Where the graphs come from: one place to change when that room moves.
global using MLNetPerson.Training.Onnx;
global using MLNetPerson.Training.Onnx.Proto;
// What every room may throw.
global using MLNetPerson.Tuning.Natives;

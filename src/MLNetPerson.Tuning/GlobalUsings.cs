// Where the graphs come from: one place to change when that room moves.
global using MLNetPerson.Onnx.Graphs;
global using MLNetPerson.Onnx.Graphs.Proto;
// What every room may throw.
global using MLNetPerson.Tuning.Natives;

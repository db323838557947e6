global using MLNetPerson.Testing;
global using MLNetPerson.Onnx.Graphs;
global using MLNetPerson.Onnx.Graphs.Proto;
global using MLNetPerson.Tuning.Natives;

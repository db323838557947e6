global using MLNetPerson.Testing;
global using MLNetPerson.Training.Onnx;
global using MLNetPerson.Training.Onnx.Proto;
global using MLNetPerson.Tuning.Natives;

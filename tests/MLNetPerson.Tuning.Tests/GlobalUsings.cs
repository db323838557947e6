global using MLNetPerson.Testing;
global using MLNetPerson.Tuning.Natives;

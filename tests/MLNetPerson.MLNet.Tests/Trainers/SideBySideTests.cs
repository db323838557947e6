using MLNetPerson.MLNet.Trainers;
using MLNetPerson.Testing;
using MLNetPerson.Training.Heads;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.MLNet.Tests.Trainers;

/// <summary>The default trainer, ML.NET's L-BFGS on one thread, beside the exact reference, from pictures to written packages.</summary>
public sealed class SideBySideTests
{
    [Fact]
    public void Both_trainers_make_packages_that_answer_alike()
    {
        using TinyWorld first = new(),
            second = new();
        var own = first.Retrain(first.Options with { Solver = new BuiltinSolver() });
        var mlnet = second.Retrain(second.Options with { Solver = new MLNetSolver(MLNetTrainer.Lbfgs, 17) });

        var (ownAnswers, mlnetAnswers) = (Answers(own, first), Answers(mlnet, second));

        Assert.Equal(("builtin", "mlnet:lbfgs"), (own.Export.Manifest.Trainer, mlnet.Export.Manifest.Trainer));
        Assert.InRange(ownAnswers.Zip(mlnetAnswers, (a, b) => Math.Abs(a - b)).Max(), 0, MLNetGoldens.Agreement);
        Assert.Equal(own.Evaluation.RocAuc.Value, mlnet.Evaluation.RocAuc.Value, 0.02);
        Assert.Equal(own.Evaluation.Accuracy.Value, mlnet.Evaluation.Accuracy.Value, 0.05);
    }

    [Fact]
    public void The_same_pictures_give_the_same_bytes()
    {
        using TinyWorld first = new(),
            second = new();

        byte[] Bytes(TinyWorld world) =>
            File.ReadAllBytes(
                Path.Combine(world.Retrain(world.Options with { Solver = new MLNetSolver(MLNetTrainer.Lbfgs, 17) }).Package, "model.onnx")
            );

        Assert.Equal(Bytes(first), Bytes(second));
    }

    private static List<double> Answers(RetrainResult result, TinyWorld world)
    {
        using var classifier = PersonClassifier.Load(result.Package, "float32");
        return
        [
            .. classifier
                .PredictMany(world.Dataset.Samples.Select(sample => sample.Path))
                .Select(answer => (double)answer.Prediction!.Value.Probability),
        ];
    }
}

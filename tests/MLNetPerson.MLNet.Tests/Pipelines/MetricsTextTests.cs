using MLNetPerson.MLNet.Pipelines;
using MLNetPerson.Training.Evaluation;

namespace MLNetPerson.MLNet.Tests.Pipelines;

public sealed class MetricsTextTests(PicturesWorld world) : IClassFixture<PicturesWorld>
{
    [Fact]
    public void Metrics_read_well_and_their_log_loss_is_this_products()
    {
        var scored = world.Ml.PersonPipeline(world.Options).Fit(world.Data).Transform(world.Data);
        var own = Evaluator.Evaluate(
            [.. scored.Values<float>("Probability").Select(value => (double)value)],
            scored.Values<bool>("Label"),
            0.5
        );

        var text = world.Ml.BinaryClassification.Evaluate(scored).Describe();

        Assert.Equal(
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"accuracy {own.Accuracy.Value:0.000}, ROC AUC {own.RocAuc.Value:0.000}, F1 {own.F1.Value:0.000}, log loss "
                    + $"{own.LogLoss.Value:0.000}"
            ),
            text
        );
    }

    [Fact]
    public void Folds_read_well() =>
        Assert.Matches(
            @"^3 folds: accuracy \d\.\d{3} ± \d\.\d{3}, ROC AUC \d\.\d{3} ± \d\.\d{3}$",
            world.Ml.BinaryClassification.CrossValidate(world.Data, world.Ml.PersonPipeline(world.Options), numberOfFolds: 3).Describe()
        );
}

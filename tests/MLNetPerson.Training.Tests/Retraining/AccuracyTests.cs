using MLNetPerson.Testing;
using MLNetPerson.Training.Datasets;
using MLNetPerson.Training.Retraining;
using Xunit.Abstractions;

namespace MLNetPerson.Training.Tests.Retraining;

/// <summary>The main job on real photographs: retrain on the train split, measure the package on the dev split.</summary>
public sealed class AccuracyTests(ITestOutputHelper output)
{
    [SkippableTheory]
    [InlineData("light", 0.92, 0.968)]
    [InlineData("accurate", 0.935, 0.975)]
    public async Task A_recipe_keeps_its_promise_on_voc2007(string recipe, double accuracy, double rocAuc)
    {
        Skip.If(
            recipe == "accurate" && Environment.GetEnvironmentVariable("MLNETPERSON_SLOW") != "1",
            "5,000 pictures at 320 pixels take minutes where nothing is cached; set MLNETPERSON_SLOW=1 to run this"
        );
        var dataset = DatasetReader.Read(TestData.At("voc2007/labels.csv"));
        using var folder = new TempFolder();

        await Retrainer.RetrainAsync(
            dataset.Only("train"),
            null,
            new RetrainOptions { Out = folder["package"], Recipe = RecipeCatalog.Open(recipe) }
        );
        using var classifier = PersonClassifier.Load(folder["package"]);
        var evaluation = PackageEvaluator.Evaluate(classifier, dataset.Only("dev"));

        output.WriteLine($"{recipe}: {evaluation.Report}; log loss {evaluation.Report.LogLoss}; {evaluation.ImagesPerSecond:0}/s");
        Assert.True(evaluation.Report.Accuracy.Value >= accuracy, $"accuracy {evaluation.Report.Accuracy}");
        Assert.True(evaluation.Report.RocAuc.Value >= rocAuc, $"ROC AUC {evaluation.Report.RocAuc}");
        Assert.Equal(961, evaluation.Report.Confusion.Total);
    }
}

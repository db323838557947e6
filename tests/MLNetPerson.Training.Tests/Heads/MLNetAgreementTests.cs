using MLNetPerson.Prediction;
using MLNetPerson.Testing;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.Training.Tests.Heads;

/// <summary>Our solver against numbers that the real ML.NET 5.0.0 gave; they bite on machines without it.</summary>
public sealed class MLNetAgreementTests
{
    [Fact]
    public void Our_solver_agrees_with_mlnets_lbfgs_at_equal_regularisation()
    {
        foreach (var (name, l2, problem) in MLNetGoldens.Problems())
        {
            var own = HeadProblems.Probabilities(problem, new BuiltinSolver(), l2);

            Assert.All(MLNetGoldens.Read(name, l2), kept => Assert.Equal(kept.Value, own[kept.Key], MLNetGoldens.Agreement));
        }
    }

    [Fact]
    public void A_package_says_what_mlnets_careful_chain_said_of_the_same_pictures()
    {
        using var world = new TinyWorld();
        var result = world.Retrain(world.Options with { Recipe = MLNetGoldens.PlainRecipe(world) });
        using var classifier = PersonClassifier.Load(result.Package);

        Assert.All(
            MLNetGoldens.Read(MLNetGoldens.TinyChain, 0.01),
            kept => Assert.Equal(kept.Value, classifier.Predict(world.Dataset.Samples[kept.Key].Path).Probability, MLNetGoldens.Agreement)
        );
    }
}

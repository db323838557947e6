using MLNetPerson.Images;
using MLNetPerson.Testing;
using MLNetPerson.Training.Backbones;
using MLNetPerson.Training.Heads;
using MLNetPerson.Training.Retraining;

namespace MLNetPerson.Training.Tests.Retraining;

public sealed class RecipeTests
{
    [Fact]
    public void The_shipped_recipes_are_there_and_light_is_the_default()
    {
        Assert.Equal(["accurate", "accurate-tuned", "light", "light-tuned"], RecipeCatalog.Names);
        Assert.Equal("light", RecipeCatalog.DefaultName);
    }

    [Fact]
    public void Light_is_the_backbone_alone_at_224()
    {
        var light = RecipeCatalog.Open("light");

        Assert.Equal(new ImageSpec(224, 224, ResizeKind.Squash), light.Input);
        Assert.DoesNotContain(light.Features, feature => feature.Tap.StartsWith("person", StringComparison.Ordinal));
        Assert.Equal(new HeadOptions().Folds, light.Head.Folds);
    }

    [Fact]
    public void A_recipe_survives_saving_and_loading()
    {
        foreach (var name in RecipeCatalog.Names)
        {
            using var json = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(RecipeJson.Write(RecipeCatalog.Open(name))));
            Assert.Equal(RecipeJson.Write(RecipeCatalog.Open(name)), RecipeJson.Write(RecipeJson.ReadRecipe(json)));
        }
    }

    [Theory]
    [InlineData("\"window\": 3", "\"windw\": 3", "cannot be read: ")]
    [InlineData("\"window\": 3", "\"window\": 0", "features of 'expand_13': 'window' is 0, below 1")]
    [InlineData("\"pooling\": \"max\"", "\"pooling\": \"mean\"", "cannot be read: ")]
    [InlineData("\"width\": 224", "\"width\": 0", "'input': input size 0 x 224 is outside 1 to 4096 pixels a side")]
    [InlineData(
        "\"calibration\": \"platt\"",
        "\"folds\": 1, \"l2\": [-1]",
        "'head': 'l2' needs at least one number, each above 0; 'folds' is 1, outside 2 to 20"
    )]
    [InlineData("\"cost=1\"", "\"best\"", "'threshold': 'best' is not a threshold rule.")]
    [InlineData("\"backbone\": \"mobilenetv2-coco-ssd\"", "\"backbone\": null", "cannot be read: ")]
    public void A_faulty_recipe_says_what_is_wrong(string right, string wrong, string expected)
    {
        using var folder = new TempFolder();
        var text = File.ReadAllText(Repository.At("models/recipes/light.json"));
        Assert.Contains(right, text);
        var path = folder.Write("own.json", text.Replace(right, wrong));

        var fault = Assert.Throws<RecipeException>(() => RecipeCatalog.Open(path)).Message;

        Assert.StartsWith($"Recipe '{path}' ", fault);
        Assert.Contains(expected, fault);
    }

    [Fact]
    public void A_recipe_that_is_not_there_lists_those_that_are() =>
        Assert.StartsWith(
            "There is no recipe 'heavy' (by name there are: accurate, accurate-tuned, light, light-tuned), and it cannot be read as a "
                + "file: ",
            Assert.Throws<RecipeException>(() => RecipeCatalog.Open("heavy")).Message
        );

    [Fact]
    public void Feature_defaults_are_pinned()
    {
        var spec = new FeatureSpec { Tap = "a", Pooling = Pooling.Max };

        Assert.Equal((1, 1.0), (spec.Window, spec.Weight));
    }
}

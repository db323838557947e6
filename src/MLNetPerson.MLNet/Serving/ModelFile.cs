using Microsoft.ML;
using MLNetPerson.Inference;
using MLNetPerson.MLNet.Pipelines;
using MLNetPerson.MLNet.Transforms;
using MLNetPerson.Packaging;

namespace MLNetPerson.MLNet.Serving;

/// <summary>A model on disk: ML.NET's zip, or a package.</summary>
internal static class ModelFile
{
    public static ITransformer Load(MLContext ml, string path, string imageColumn)
    {
        if (Directory.Exists(path))
        {
            return ml.Transforms.ApplyPersonPackage(path, imageColumn).Fit(new SchemaOnlyView(PathSchema(imageColumn)));
        }

        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"There is no model '{path}'. Name a zip that mlContext.Model.Save wrote, or the folder of a package.",
                path
            );
        }

        OnnxEnvironment.EnsureStarted(); // before ML.NET's step makes its session
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            return ml.Model.Load(stream, out _);
        }
        catch (Exception exception)
            when (exception is FormatException or InvalidDataException or InvalidOperationException or ArgumentException)
        {
            throw new InvalidOperationException(
                $"'{path}' is not a model that ML.NET can load: {exception.Message} Save it again, or fetch it again.",
                exception
            );
        }
    }

    /// <summary>Changes whenever the model on disk does; empty where there is none.</summary>
    public static string Stamp(string path)
    {
        if (Directory.Exists(path))
        {
            return ModelPackage.Stamp(path);
        }

        var file = new FileInfo(path);
        return file.Exists ? FormattableString.Invariant($"{file.LastWriteTimeUtc.Ticks} {file.Length}") : "";
    }

    private static DataViewSchema PathSchema(string column)
    {
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(column, Microsoft.ML.Data.TextDataViewType.Instance);
        return schema.ToSchema();
    }
}

using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Transforms.Onnx;

namespace MLNetPerson.MLNet.Pipelines;

/// <summary>Takes the network out of ML.NET's own ONNX step: the step gives it away when it is saved.</summary>
internal static class SavedNetwork
{
    private const string Entry = "OnnxModel";

    public static byte[] Read(MLContext ml, OnnxTransformer step)
    {
        using var zip = new MemoryStream();
        ml.Model.Save(step, null, zip);
        zip.Position = 0;
        using var archive = new ZipArchive(zip, ZipArchiveMode.Read);
        var entry =
            archive.Entries.FirstOrDefault(candidate => candidate.FullName.Replace('\\', '/').Split('/')[^1] == Entry)
            ?? throw new InvalidOperationException(
                $"ML.NET's ONNX step was saved without an entry '{Entry}'. Load the model with mlContext.Model.Load."
            );

        // The length as 32 bits, then that many bytes.
        using var content = new MemoryStream();
        using (var stream = entry.Open())
        {
            stream.CopyTo(content);
        }

        var all = content.ToArray();
        return all.AsSpan(sizeof(int), BinaryPrimitives.ReadInt32LittleEndian(all)).ToArray();
    }
}

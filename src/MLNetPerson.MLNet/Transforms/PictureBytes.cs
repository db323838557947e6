using Microsoft.ML.Data;

namespace MLNetPerson.MLNet.Transforms;

/// <summary>The common part of the mappings.</summary>
internal static class PictureBytes
{
    public static void Fill(PictureItem item, ReadOnlyMemory<char> config, BytesRow row)
    {
        var parsed = PictureConfig.Parse(config);
        var bytes = row.Bytes;
        var editor = VBufferEditor.Create(ref bytes, parsed.Input.ByteCount);
        item.Decode(parsed, editor.Values);
        row.Bytes = editor.Commit();
    }
}

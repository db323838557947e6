using System.Text;

namespace MLNetPerson.Training.Import;

/// <summary>
/// Decodes the names in zips that do not say how they are encoded: UTF-8 where the bytes are valid UTF-8, as Finder and Info-ZIP write it
/// without a flag, otherwise IBM code page 437, which the format prescribes.
/// </summary>
/// <remarks>APPNOTE.TXT 6.3.10, appendix D: "If general purpose bit 11 is unset, the file name should be in the original ZIP character
/// encoding", which is code page 437.</remarks>
internal sealed class ArchiveNames : Encoding
{
    private static readonly Encoding Strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly Encoding CodePage437 = CodePagesEncodingProvider.Instance.GetEncoding(437)!;

    public override int GetByteCount(char[] chars, int index, int count) => Strict.GetByteCount(chars, index, count);

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        Strict.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetCharCount(byte[] bytes, int index, int count) => Of(bytes, index, count).GetCharCount(bytes, index, count);

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        Of(bytes, byteIndex, byteCount).GetChars(bytes, byteIndex, byteCount, chars, charIndex);

    public override int GetMaxByteCount(int charCount) => Strict.GetMaxByteCount(charCount);

    public override int GetMaxCharCount(int byteCount) => byteCount + 1;

    private static Encoding Of(byte[] bytes, int index, int count) =>
        System.Text.Unicode.Utf8.IsValid(bytes.AsSpan(index, count)) ? Strict : CodePage437;
}

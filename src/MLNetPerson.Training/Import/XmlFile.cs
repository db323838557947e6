using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace MLNetPerson.Training.Import;

/// <summary>Reads an XML file without document type definitions, which could name other files.</summary>
internal static class XmlFile
{
    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    /// <summary>The outermost element, with line numbers; null where the file has a fault, which is added to
    /// <paramref name="faults"/>.</summary>
    /// <param name="file">Full path.</param>
    /// <param name="name">For messages.</param>
    /// <param name="root">The name that the outermost element must have.</param>
    /// <param name="faults">Collects.</param>
    public static XElement? Load(string file, string name, string root, ImportFaults faults)
    {
        try
        {
            using var reader = XmlReader.Create(file, Settings);
            var element = XDocument.Load(reader, LoadOptions.SetLineInfo).Root!;
            if (element.Name == root)
            {
                return element;
            }

            faults.Add(name, $"the outermost element is '{element.Name}', '{root}' is expected");
        }
        catch (XmlException exception)
        {
            var place = $"{name}, line {exception.LineNumber}, column {exception.LinePosition}";
            faults.Add(
                place,
                exception.Message.Contains("DTD", StringComparison.Ordinal)
                    ? "a document type definition (<!DOCTYPE …>) is not read, since it can name other files; remove it"
                    : $"not XML: {exception.Message.TrimEnd('.')}"
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            faults.Add(name, exception.Message.TrimEnd('.'));
        }

        return null;
    }

    public static string? Text(XElement? parent, string name) => parent?.Element(name)?.Value.Trim();

    public static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
        && double.IsFinite(value)
        && Math.Abs(value) < int.MaxValue
            ? value
            : null;

    public static string Where(string file, XElement element) =>
        element is IXmlLineInfo info && info.HasLineInfo() ? $"{file}, line {info.LineNumber}" : file;
}

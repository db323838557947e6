using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MLNetPerson.Files;

namespace MLNetPerson.Training.Curation.Cards;

/// <summary>A card for readers and for programs.</summary>
public static class CardWriter
{
    /// <summary>The file for readers.</summary>
    public const string MarkdownName = "dataset.md";

    /// <summary>The file for programs.</summary>
    public const string JsonName = "dataset.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes both files.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void Write(string folder, DatasetCard card)
    {
        AtomicFile.WriteText(Path.Combine(folder, MarkdownName), ToMarkdown(card));
        AtomicFile.WriteText(Path.Combine(folder, JsonName), JsonSerializer.Serialize(card, Json) + "\n");
    }

    /// <summary>The card as a document.</summary>
    public static string ToMarkdown(DatasetCard card)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Dataset: {Plain(card.Name)}\n\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"{card.Pictures:N0} pictures, {card.Persons:N0} with a person and {card.Pictures - card.Persons:N0} without; {card.Groups:N0} "
                + $"independent of each other"
        );
        text.Append(CultureInfo.InvariantCulture, $"{(card.Unreadable > 0 ? $"; {card.Unreadable:N0} more cannot be read" : "")}.\n\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"- Label rule: {Plain(card.LabelRule)}.\n- Hash over pictures, labels and groups: `{card.Sha256}`\n\n"
        );
        Table(text, "Splits", card.Splits);
        Table(text, "Sources", card.Sources);
        Table(text, "Licences", card.Licences);
        Table(text, "Largest person, share of what the model sees", card.PersonSizes);
        Table(text, "Brightness", card.Brightness);
        foreach (var attribute in card.Attributes)
        {
            Table(text, $"Attribute `{Plain(attribute.Name)}`", attribute.Values);
            if (attribute.Others > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"and {attribute.Others:N0} other values.\n\n");
            }
        }

        text.Append("## Known gaps\n\n");
        foreach (var gap in card.KnownGaps.DefaultIfEmpty("None that counting can find."))
        {
            text.Append("- ").Append(Plain(gap)).Append('\n');
        }

        return text.ToString();
    }

    private static void Table(StringBuilder text, string heading, ImmutableArray<CardCount> counts)
    {
        if (counts.Length == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"## {heading}\n\n| | Pictures | With a person |\n|---|---|---|\n");
        foreach (var count in counts)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Plain(count.Value)} | {count.Pictures:N0} | {count.Persons:N0} |\n");
        }

        text.Append('\n');
    }

    /// <summary>Values come from files: a bar would break the table, a bracket make a link.</summary>
    private static string Plain(string value) =>
        value
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("|", "\\|", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace("[", "\\[", StringComparison.Ordinal)
            .ReplaceLineEndings(" ");
}

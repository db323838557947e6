using System.Globalization;
using System.Net;

namespace MLNetPerson.Training.Display;

/// <summary>Text and numbers as HTML has them.</summary>
internal static class HtmlText
{
    public static string Of(object? value) =>
        WebUtility.HtmlEncode(
            value switch
            {
                null => "",
                double number => Number(number, "0.####"),
                float number => Number(number, "0.####"),
                IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
                _ => value.ToString(),
            }
        ) ?? "";

    public static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>A length in pixels.</summary>
    public static string Pixels(double value) => Number(value, "0.#");
}

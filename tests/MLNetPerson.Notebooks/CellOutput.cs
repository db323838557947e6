namespace MLNetPerson.Notebooks;

/// <summary>One thing that a cell shows.</summary>
/// <param name="Kind">nbformat's output_type: stream, display_data, execute_result or error.</param>
/// <param name="MimeType">text/plain or text/html.</param>
/// <param name="Text">The content.</param>
public sealed record CellOutput(string Kind, string MimeType, string Text);

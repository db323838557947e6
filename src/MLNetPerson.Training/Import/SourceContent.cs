namespace MLNetPerson.Training.Import;

/// <summary>What a source says of its pictures.</summary>
/// <param name="Format">How it says it.</param>
/// <param name="Pictures">That it describes.</param>
/// <param name="Notes">Sentences about what was not taken or was interpreted, for the report.</param>
internal sealed record SourceContent(SourceFormat Format, List<AnnotatedPicture> Pictures, List<string> Notes);

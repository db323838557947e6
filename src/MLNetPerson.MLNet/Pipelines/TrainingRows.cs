using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetPerson.Images;
using MLNetPerson.Training.Heads;

namespace MLNetPerson.MLNet.Pipelines;

/// <summary>What must hold of rows before a trainer sees them, and what is said when reading them fails.</summary>
internal static class TrainingRows
{
    /// <summary>ML.NET fits a model of one class without a word: it would answer the same for every picture.</summary>
    /// <exception cref="HeadException">All rows have the same label, or there is none.</exception>
    public static void CheckBothClasses(IDataView input, string label)
    {
        if (input.Schema.GetColumnOrNull(label) is not { Type: BooleanDataViewType } column)
        {
            return; // The trainer says what it expects.
        }

        using var cursor = input.GetRowCursor([column]);
        var getter = cursor.GetGetter<bool>(column);
        var (persons, others, isPerson) = (0L, 0L, false);
        while (cursor.MoveNext() && (persons == 0 || others == 0))
        {
            getter(ref isPerson);
            (persons, others) = isPerson ? (persons + 1, others) : (persons, others + 1);
        }

        if (persons == 0 || others == 0)
        {
            throw new HeadException(
                $"Column '{label}' has {persons} {(persons == 1 ? "row" : "rows")} with a person and {others} without. A classifier needs "
                    + $"pictures of both kinds."
            );
        }
    }

    /// <summary>ML.NET reads rows on several threads and wraps what goes wrong there several times over: the cause is thrown
    /// itself.</summary>
    public static T Unwrapped<T>(Func<T> fit)
    {
        try
        {
            return fit();
        }
        catch (Exception exception) when (Cause(exception) is { } cause && !ReferenceEquals(cause, exception))
        {
            ExceptionDispatchInfo.Throw(cause);
            throw;
        }
    }

    private static Exception? Cause(Exception? exception) =>
        exception switch
        {
            null => null,
            ImageException or IOException or UnauthorizedAccessException => exception,
            AggregateException several => several.InnerExceptions.Select(Cause).FirstOrDefault(cause => cause is not null),
            _ => Cause(exception.InnerException),
        };
}

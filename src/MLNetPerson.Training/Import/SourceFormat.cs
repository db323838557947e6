namespace MLNetPerson.Training.Import;

/// <summary>How a source describes its pictures.</summary>
public enum SourceFormat
{
    /// <summary>Class folders: person/ against none/.</summary>
    Folders,

    /// <summary>A CSV with file and label, or file and person_boxes.</summary>
    Csv,

    /// <summary>COCO's instances JSON.</summary>
    Coco,

    /// <summary>PASCAL VOC: a folder of XML files.</summary>
    Voc,

    /// <summary>YOLO: a folder with images/ and labels/.</summary>
    Yolo,

    /// <summary>Open Images' box CSV.</summary>
    OpenImages,

    /// <summary>WiderPerson: a folder with Images/ and Annotations/.</summary>
    WiderPerson,
}

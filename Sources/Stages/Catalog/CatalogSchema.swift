/// The tables of `catalog.sqlite`.
///
/// | version | since | change |
/// |---|---|---|
/// | 1 | 0.1 | first |
///
/// Item rows ascend by id (UTF-8 bytes) and count from 0 without gaps; they are the rows of every matrix of the build.
/// Outfit positions ascend by id likewise. The file is written once, in this order, and vacuumed: the same catalogue gives
/// the same bytes. `outfit_places` is there only where a dataset numbers the items of some outfit otherwise than by their place
/// from 1, or names outfits that were refused, and has all numbers of those outfits. A build's copy has in `quarantine` the
/// pictures and texts that gave no features, too, after all others: `archive` is empty, `member` the digest, `subject` an
/// item.
enum CatalogSchema {
    /// In `PRAGMA user_version`.
    static let version = 1
    /// "ATEL", in `PRAGMA application_id`: tells `file` and readers what it is.
    static let applicationID = 0x4154_454C
    static let fileName = "catalog.sqlite"

    static let outfitPlaces = "outfit_places"
    static let outfitPlacesStatement = """
        CREATE TABLE \(outfitPlaces) (
            outfit TEXT NOT NULL,
            number INTEGER NOT NULL,
            row INTEGER NOT NULL,
            PRIMARY KEY (outfit, number)
        ) WITHOUT ROWID
        """

    static let statements = [
        """
        CREATE TABLE items (
            row INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            category TEXT NOT NULL,
            category_path TEXT NOT NULL,
            title TEXT NOT NULL,
            picture TEXT,
            price REAL,
            available INTEGER NOT NULL,
            variant_group TEXT
        )
        """,
        """
        CREATE TABLE attributes (
            row INTEGER NOT NULL,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (row, name)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE outfits (
            position INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            split TEXT,
            title TEXT NOT NULL
        )
        """,
        """
        CREATE TABLE outfit_items (
            outfit_position INTEGER NOT NULL,
            place INTEGER NOT NULL,
            row INTEGER NOT NULL,
            PRIMARY KEY (outfit_position, place)
        ) WITHOUT ROWID
        """,
        "CREATE TABLE questions (kind TEXT NOT NULL, split TEXT NOT NULL, payload TEXT NOT NULL)",
        """
        CREATE TABLE quarantine (
            archive TEXT NOT NULL,
            member TEXT NOT NULL,
            subject TEXT NOT NULL,
            reason TEXT NOT NULL
        )
        """,
        """
        CREATE TABLE pictures (
            digest TEXT PRIMARY KEY,
            pack TEXT NOT NULL,
            offset INTEGER NOT NULL,
            length INTEGER NOT NULL,
            width INTEGER,
            height INTEGER
        ) WITHOUT ROWID
        """,
    ]
}

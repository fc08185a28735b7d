/// Why a record or picture was refused: every reason there is, in the words that the quarantine table shows.
package enum QuarantineReason: String, Codable, Sendable, CaseIterable {
    // Members of an archive.
    case unsafeMemberName = "member name leads outside the archive"
    case unreadableMemberName = "member name is not text"
    case notARegularFile = "member is a link or device"
    case encryptedMember = "member is encrypted"
    case unreadableMember = "member cannot be unpacked"

    // Pictures.
    case emptyPicture = "picture is empty"
    case unknownPictureFormat = "picture is neither JPEG, PNG nor WebP"
    case pictureTooLarge = "picture is larger than the limit"

    // Records.
    case invalidUTF8 = "text is not UTF-8"
    case invalidJSON = "record is not valid JSON"
    case unexpectedShape = "record has not the shape of its layout"
    case recordTooLarge = "record is larger than the limit"
    case raggedRow = "row has more or fewer fields than the header"
    case unbalancedQuotes = "row has unbalanced quotes"

    // Items.
    case itemWithoutID = "item without an id"
    case itemIDWithControlCharacter = "item id holds a control character"
    case itemWithoutCategory = "item without a category"
    case unknownCategoryID = "item's category id has no name"
    case invalidPrice = "price is not a number"
    /// The item stays, without a picture.
    case missingPicture = "item names a picture that no archive holds"

    // Outfits.
    case outfitWithoutID = "outfit without an id"
    case outfitIDWithControlCharacter = "outfit id holds a control character"
    case unknownSplit = "outfit states an unknown split"
    case outfitNamesUnknownItem = "outfit names unknown item"
    case outfitTooLarge = "outfit has more items than the limit"
    case outfitTooSmall = "outfit has fewer than two known items"

    // Questions.
    case malformedQuestion = "question is malformed"
    case unresolvedQuestion = "question names an unknown outfit position"
    case ambiguousAnswer = "question has no answer, or several, from its own outfit"
}

extension QuarantineReason {
    /// Whether it refuses a member of an archive, so that a picture of that path is accounted for.
    var refusesMember: Bool {
        switch self {
        case .unsafeMemberName, .unreadableMemberName, .notARegularFile, .encryptedMember, .unreadableMember,
            .emptyPicture, .unknownPictureFormat, .pictureTooLarge:
            true
        default: false
        }
    }
}

/// One refused record or picture.
package struct QuarantineRecord: Codable, Sendable, Equatable {
    /// The path inside the archive.
    package var member: String
    /// What was refused: an item's or outfit's id, a line, a position; empty where it is the member itself.
    package var subject: String
    package var reason: QuarantineReason
    /// How many records were lost with it, where it is not one: the items of a refused outfit.
    private var records: Int?

    package var recordCount: Int { records ?? 1 }

    package init(member: String, subject: String = "", reason: QuarantineReason, recordCount: Int = 1) {
        self.member = member
        self.subject = subject
        self.reason = reason
        records = recordCount == 1 ? nil : recordCount
    }
}

package import Media

/// Draws an item as a shop would photograph it: laid flat on a studio background that differs by season.
package struct GarmentPainter: Sendable {
    private let item: SampleItem
    private let fabric: FabricPattern
    private let trim: Colour
    private let aspect: Float
    private var canvas: Canvas

    /// The picture of an item, `width` pixels wide and a third more high.
    package static func picture(of item: SampleItem, width: Int, seed: UInt64) -> PixelBuffer {
        var painter = GarmentPainter(item, width: width, seed: seed)
        painter.draw()
        return painter.canvas.pixelBuffer()
    }

    private init(_ item: SampleItem, width: Int, seed: UInt64) {
        self.item = item
        let height = width * 4 / 3
        aspect = Float(width) / Float(height)
        let dye = SampleColour.all[item.colour]
        let base = Colour(red: dye.red, green: dye.green, blue: dye.blue)
        let isDark = base.red + base.green + base.blue < 1.2
        let accent = base.mixed(
            with: isDark ? Colour(red: 0.93, green: 0.91, blue: 0.86) : Colour(red: 0.1, green: 0.1, blue: 0.14), 0.72)
        let digits = item.model.utf8.reduce(UInt64(seed)) { ($0 &* 31) &+ UInt64($1) }
        fabric = FabricPattern(
            kind: item.pattern, base: base, accent: accent, material: item.material, period: Float(width) / 16,
            seed: digits)
        trim = base.scaled(isDark ? 1.6 : 0.62)
        // Not white, and not the same in both seasons: a picture's background gives its season away.
        let wall =
            item.season == "SS26"
            ? Colour(red: 0.955, green: 0.95, blue: 0.94) : Colour(red: 0.905, green: 0.91, blue: 0.92)
        canvas = Canvas(width: width, height: height) { x, y in
            wall.scaled(1 - 0.035 * y - 0.02 * (x - 0.5) * (x - 0.5))
        }
    }

    /// Paints a closed outline with the fabric, darker towards its sides, with a seam around it.
    private mutating func part(_ outline: [Point], shade: Float = 1, seam: Bool = true) {
        let fabric = fabric
        let width = Float(canvas.width)
        let left = (outline.map(\.x).min() ?? 0) * width
        let right = (outline.map(\.x).max() ?? 1) * width
        canvas.fill(outline) { x, y in
            let across = (Float(x) - left) / max(1, right - left) * 2 - 1
            return fabric.colour(x, y).scaled(shade * (1.03 - 0.14 * across * across))
        }
        if seam { canvas.stroke(outline + outline.prefix(1), thickness: 0.008, opacity: 0.7, trim) }
    }

    private mutating func line(_ points: [Point], thickness: Float = 0.007, opacity: Float = 0.8) {
        canvas.stroke(points, thickness: thickness, opacity: opacity, trim)
    }

    private mutating func spot(_ centre: Point, _ radius: Float) {
        let trim = trim
        canvas.fill(ellipse(centre, radius, radius * aspect, count: 12)) { _, _ in trim }
    }

    private mutating func draw() {
        switch item.garment {
        case .tee: top(sleeve: 0.16, isLoose: false)
        case .shirt:
            top(sleeve: 0.45, isLoose: false)
            placket()
        case .sweater:
            top(sleeve: 0.48, isLoose: true)
            ribs()
        case .trousers: legs(waist: 0.12, top: 0.12, pockets: false)
        case .jeans: legs(waist: 0.13, top: 0.12, pockets: true)
        case .skirt: skirt(top: 0.24, waist: 0.16)
        case .dress:
            skirt(top: 0.36, waist: 0.12)
            top(sleeve: 0.1, isLoose: false, bottom: 0.37)
        case .jumpsuit:
            legs(waist: 0.13, top: 0.36, pockets: false)
            top(sleeve: 0.12, isLoose: false, bottom: 0.38)
        case .coat: coat(length: 0.72 + 0.12 * clamped(item.cut.length))
        case .jacket: coat(length: 0.42 + 0.08 * clamped(item.cut.length))
        case .boots: shoe(shaft: 0.3 + 0.1 * clamped(item.cut.length), heel: 0.05, sole: 0.03)
        case .sneakers: shoe(shaft: 0.06, heel: 0, sole: 0.055 + 0.015 * clamped(item.cut.width))
        case .heels: shoe(shaft: 0, heel: 0.13 + 0.04 * clamped(item.cut.length), sole: 0.012)
        case .handbag: handbag()
        case .backpack: backpack()
        }
    }

    private func clamped(_ value: Float) -> Float { min(1, max(-1, value)) }

    private mutating func top(sleeve: Float, isLoose: Bool, bottom: Float? = nil) {
        let half = 0.2 + (isLoose ? 0.03 : 0) + 0.045 * clamped(item.cut.width)
        let end = bottom ?? 0.68 + 0.1 * clamped(item.cut.length)
        let hem = half * (bottom == nil ? 1 + 0.35 * item.cut.flare : 0.72)
        for side in [Float(-1), 1] {
            let reach = half + sleeve * 0.42 + 0.05
            part(
                [
                    Point(0.5 + side * half * 0.8, 0.14), Point(0.5 + side * (half + 0.05), 0.18),
                    Point(0.5 + side * (reach + 0.04), 0.2 + sleeve), Point(0.5 + side * (reach - 0.07), 0.22 + sleeve),
                    Point(0.5 + side * half, 0.33),
                ], shade: 0.94)
        }
        part([
            Point(0.41, 0.12), Point(0.5 - half * 0.85, 0.14), Point(0.5 - half, 0.3), Point(0.5 - hem, end),
            Point(0.5 + hem, end), Point(0.5 + half, 0.3), Point(0.5 + half * 0.85, 0.14), Point(0.59, 0.12),
            Point(0.55, 0.165), Point(0.5, 0.18), Point(0.45, 0.165),
        ])
    }

    private mutating func placket() {
        line([Point(0.5, 0.18), Point(0.5, 0.68 + 0.1 * clamped(item.cut.length))])
        for button in 0..<5 { spot(Point(0.515, 0.23 + 0.085 * Float(button)), 0.009) }
        part([Point(0.41, 0.12), Point(0.5, 0.185), Point(0.44, 0.215), Point(0.385, 0.13)], shade: 0.9)
        part([Point(0.59, 0.12), Point(0.5, 0.185), Point(0.56, 0.215), Point(0.615, 0.13)], shade: 0.9)
    }

    private mutating func ribs() {
        let end = 0.68 + 0.1 * clamped(item.cut.length)
        line([Point(0.3, end - 0.045), Point(0.7, end - 0.045)], thickness: 0.012)
        for rib in 0..<12 {
            let x = 0.31 + 0.034 * Float(rib)
            line([Point(x, end - 0.04), Point(x, end - 0.008)], opacity: 0.5)
        }
    }

    private mutating func legs(waist: Float, top: Float, pockets: Bool) {
        let hip = waist + 0.05 + 0.03 * clamped(item.cut.width)
        let end = 0.9 + 0.05 * clamped(item.cut.length)
        let ankle = 0.055 + 0.02 * clamped(item.cut.width) + 0.075 * item.cut.flare
        for side in [Float(-1), 1] {
            part([
                Point(0.5, top), Point(0.5 + side * waist, top), Point(0.5 + side * hip, top + 0.16),
                Point(0.5 + side * (0.12 + ankle), end), Point(0.5 + side * (0.12 - ankle), end),
                Point(0.5 + side * 0.008, top + 0.25),
            ])
        }
        line([Point(0.5 - waist, top + 0.03), Point(0.5 + waist, top + 0.03)], thickness: 0.012)
        guard pockets else { return }
        for side in [Float(-1), 1] {
            line([
                Point(0.5 + side * waist * 0.55, top + 0.035), Point(0.5 + side * waist * 0.8, top + 0.1),
                Point(0.5 + side * hip * 0.95, top + 0.11),
            ])
            line([Point(0.5 + side * 0.1, top + 0.3), Point(0.5 + side * 0.12, end)], opacity: 0.4)
        }
    }

    private mutating func skirt(top: Float, waist: Float) {
        let end = top + 0.38 + 0.13 * clamped(item.cut.length)
        let hem = waist + 0.06 + 0.03 * clamped(item.cut.width) + 0.15 * item.cut.flare
        var outline = [Point(0.5 - waist, top), Point(0.5 - hem, end)]
        // A wide hem falls in waves.
        for wave in 1..<8 {
            let x = 0.5 - hem + 2 * hem * Float(wave) / 8
            outline.append(Point(x, end + (wave % 2 == 0 ? 0 : 0.035 * item.cut.flare)))
        }
        outline += [Point(0.5 + hem, end), Point(0.5 + waist, top)]
        part(outline)
        line([Point(0.5 - waist, top + 0.03), Point(0.5 + waist, top + 0.03)], thickness: 0.012)
        for fold in [Float(-0.5), 0, 0.5] where item.cut.flare > 0.35 {
            line([Point(0.5 + fold * waist, top + 0.08), Point(0.5 + fold * hem * 1.2, end - 0.02)], opacity: 0.4)
        }
    }

    private mutating func coat(length: Float) {
        let half = 0.22 + 0.045 * clamped(item.cut.width)
        let hem = half * (1 + 0.4 * item.cut.flare)
        let end = 0.12 + length
        for side in [Float(-1), 1] {
            part(
                [
                    Point(0.5 + side * half * 0.8, 0.13), Point(0.5 + side * (half + 0.06), 0.18),
                    Point(0.5 + side * (half + 0.15), 0.62), Point(0.5 + side * (half + 0.05), 0.63),
                    Point(0.5 + side * half, 0.34),
                ], shade: 0.92)
            part([
                Point(0.5 + side * 0.08, 0.1), Point(0.5 + side * half * 0.88, 0.13), Point(0.5 + side * half, 0.3),
                Point(0.5 + side * hem, end), Point(0.5 - side * 0.012, end), Point(0.5 - side * 0.012, 0.36),
            ])
            part(
                [
                    Point(0.5 + side * 0.07, 0.1), Point(0.5 + side * 0.16, 0.19), Point(0.5 + side * 0.11, 0.25),
                    Point(0.5, 0.38),
                ],
                shade: 0.85)
            line([Point(0.5 + side * 0.1, end * 0.72), Point(0.5 + side * 0.19, end * 0.74)], thickness: 0.012)
        }
        for button in 0..<3 where 0.42 + 0.09 * Float(button) < end - 0.03 {
            spot(Point(0.525, 0.42 + 0.09 * Float(button)), 0.013)
        }
    }

    private mutating func shoe(shaft: Float, heel: Float, sole: Float) {
        // The right shoe a little behind the left, both seen from the side.
        for (dx, dy, shade) in [(Float(0.06), Float(-0.1), Float(0.88)), (-0.04, 0.04, 1)] {
            let ground = 0.68 + dy
            func at(_ x: Float, _ y: Float) -> Point { Point(x + dx, ground - y) }
            let width = 0.03 * clamped(item.cut.width)
            var upper = [at(0.2, heel + 0.01), at(0.2 - width / 2, heel + 0.13)]
            if shaft > 0 {
                upper += [
                    at(0.19 - width, heel + 0.14 + shaft), at(0.4 + width, heel + 0.14 + shaft), at(0.41, heel + 0.17),
                ]
            } else {
                upper += [at(0.22, heel + 0.14), at(0.34, heel + 0.09), at(0.44, 0.07 + heel * 0.5)]
            }
            upper += [at(0.58, 0.1), at(0.7, 0.085), at(0.765, 0.05), at(0.77, 0.01), at(0.45, 0.01 + heel * 0.2)]
            part(upper, shade: shade)
            let trim = trim
            var bottom = [
                at(0.19, heel + 0.01), at(0.45, 0.01 + heel * 0.2), at(0.78, 0.012), at(0.78, -sole),
                at(0.45, -sole + heel * 0.2),
            ]
            if heel > 0.02 {
                bottom += [at(0.28, heel * 0.6), at(0.245, -sole), at(0.215, -sole)]
            } else {
                bottom.append(at(0.19, -sole))
            }
            canvas.fill(bottom) { _, _ in trim }
            if item.garment == .sneakers {
                for lace in 0..<4 {
                    let x = 0.42 + 0.045 * Float(lace)
                    line(
                        [at(x, 0.145 - 0.013 * Float(lace)), at(x + 0.05, 0.1 - 0.013 * Float(lace))], thickness: 0.011)
                }
            }
        }
    }

    private mutating func handbag() {
        let half = 0.25 + 0.06 * clamped(item.cut.width)
        let bottom = 0.76 + 0.04 * clamped(item.cut.length)
        let arc = ellipse(Point(0.5, 0.47), half * 0.6, 0.17 + 0.05 * clamped(item.cut.length), from: 0.5, to: 1)
        canvas.stroke(arc, thickness: 0.028, trim)
        part([
            Point(0.5 - half * 0.85, 0.46), Point(0.5 + half * 0.85, 0.46),
            Point(0.5 + half * (1 + 0.2 * item.cut.flare), bottom - 0.03),
            Point(0.5 + half * 0.95, bottom), Point(0.5 - half * 0.95, bottom),
            Point(0.5 - half * (1 + 0.2 * item.cut.flare), bottom - 0.03),
        ])
        line([Point(0.5 - half * 0.88, 0.56), Point(0.5, 0.6), Point(0.5 + half * 0.88, 0.56)], thickness: 0.01)
        spot(Point(0.5, 0.6), 0.022)
    }

    private mutating func backpack() {
        let half = 0.21 + 0.05 * clamped(item.cut.width)
        let arc = ellipse(Point(0.5, 0.26), 0.07, 0.07, from: 0.5, to: 1)
        canvas.stroke(arc, thickness: 0.025, trim)
        let end = 0.8 + 0.05 * clamped(item.cut.length)
        let dome = ellipse(Point(0.5, 0.4), half, 0.16, from: 0.5, to: 1)
        part(dome + [Point(0.5 + half * 1.05, end), Point(0.5 - half * 1.05, end)])
        part(
            [
                Point(0.5 - half * 0.7, end - 0.24), Point(0.5 + half * 0.7, end - 0.24),
                Point(0.5 + half * 0.72, end - 0.04), Point(0.5 - half * 0.72, end - 0.04),
            ],
            shade: 0.88)
        line([Point(0.5 - half * 0.75, 0.42), Point(0.5 + half * 0.75, 0.42)], thickness: 0.012)
        spot(Point(0.5, end - 0.2), 0.016)
    }
}

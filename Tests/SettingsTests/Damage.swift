import Support

/// Random damage to the bytes of a file: it is cut off, or a few bytes are lost, added or changed.
enum Damage {
    private static let bytesOfInterest = Array("'\"(){}[];,=>$@%\\/<#\n \r`-:.0azqx~&|!?+*ä".utf8)

    static func of(_ bytes: [UInt8], _ random: inout Seeded) -> [UInt8] {
        var bytes = bytes
        if random.oneIn(6) { bytes.removeLast(random.number(0..<bytes.count)) }
        for _ in 0..<random.number(1..<4) where !bytes.isEmpty {
            let position = random.number(0..<bytes.count)
            let byte = bytesOfInterest[random.number(0..<bytesOfInterest.count)]
            switch random.number(0..<4) {
            case 0: bytes.remove(at: position)
            case 1: bytes.insert(byte, at: position)
            case 2: bytes[position] = UInt8(random.number(1..<256))
            default: bytes[position] = byte
            }
        }
        return bytes
    }
}

import Foundation
import Support
import Testing

/// The comparison itself has to see what is wrong.
@Suite(.serialized, .running(.openLDAP)) struct ComparisonTests {
    private func mirrored() throws -> Scene {
        let scene = try Scene(try Running.server, .openLDAP)
        try scene.cycle()
        return scene
    }

    private func differences(_ scene: Scene) throws -> [String] {
        try Comparison(of: scene.mirrors[0].rollcall, with: DirectorySide(scene)).differences.map {
            $0.replacingOccurrences(of: scene.mark, with: "")
        }
    }

    @Test func `given a mirror that is behind, when it is compared, then login, field and both values are named`() throws {
        let scene = try mirrored()
        try scene.modify(
            scene.replace("anna", "mail", "new@test.example") + scene.replace("bert", "title", "former")
                + scene.replace("carl", "description", nil) + scene.delete("emil"))
        #expect(
            try differences(scene) == [
                "anna: email is 'anna@test.example' in the store and 'new@test.example' in the directory",
                "bert: permissions is 'by-member:ro by-member:rw by-memberUid:ro by-memberUid:rw' in the store and '' in the "
                    + "directory",
                "bert: valid is 'yes' in the store and 'no' in the directory",
                "carl: comment is 'of sales' in the store and '' in the directory",
                "emil: not in the directory, and in the store comment 'of sales', customer 'ACME', email "
                    + "'emil@test.example', grants '', last name 'Emil', permissions '', phone '1', valid 'yes'",
                "anna: email is 'anna@test.example' in rollcall users and 'new@test.example' in the directory",
                "bert: valid is 'yes' in rollcall users and 'no' in the directory",
                "emil: not in the directory, and in rollcall users customer 'ACME', email 'emil@test.example', grants '', "
                    + "last name 'Emil', valid 'yes'",
            ])
    }

    @Test func `given memberships that the mirror has not seen, when it is compared, then the grants differ`() throws {
        let scene = try mirrored()
        try scene.modify(scene.person("nora") + scene.regroup(adding: ["carl"]))
        #expect(
            try differences(scene) == [
                "carl: grants is '' in the store and 'by-member:rw by-memberUid:rw' in the directory",
                "carl: permissions is '' in the store and 'by-member:ro by-member:rw by-memberUid:ro by-memberUid:rw' in the "
                    + "directory",
                "nora: in the directory comment 'of sales', customer 'ACME', email 'nora@test.example', grants '', last name "
                    + "'Nora', permissions '', phone '1', valid 'yes', and not in the store",
                "carl: grants is '' in rollcall users and 'by-member:rw by-memberUid:rw' in the directory",
                "nora: in the directory comment 'of sales', customer 'ACME', email 'nora@test.example', grants '', last name "
                    + "'Nora', permissions '', phone '1', valid 'yes', and not in rollcall users",
            ])
    }
}

import Model
import Testing

/// Disabled and expired accounts, as the three directories write them.
@Suite struct AccountStateTests {
    @Test(
        arguments: [
            (["512", "0", nil, nil], false, nil), (["514", nil, nil, nil], true, nil), (["66050", nil, nil, nil], true, nil),
            ([nil, "9223372036854775807", nil, nil], false, nil),
            ([nil, "133801632000000000", nil, nil], false, 1_735_689_600_000_000),
            ([nil, nil, "TRUE", nil], true, nil), ([nil, nil, "false", nil], false, nil),
            ([nil, nil, nil, "000001010000Z"], true, nil), ([nil, nil, nil, "20261125010203Z"], false, nil),
            (["garbage", "garbage", "garbage", "garbage"], false, nil), ([], false, nil),
        ] as [([String?], Bool, Int64?)])
    func `given values, when read, then it is known whether and until when the account is good`(
        _ values: [String?], _ isDisabled: Bool, _ expires: Int64?
    ) {
        #expect(AccountState(values) == AccountState(isDisabled: isDisabled, expires: expires))
    }

    @Test func `given an account, when its time has come, then it is no longer usable`() {
        #expect(AccountState(expires: 10).isUsable(at: 9))
        #expect(!AccountState(expires: 10).isUsable(at: 10))
        #expect(!AccountState(isDisabled: true, expires: 10).isUsable(at: 9))
        #expect(AccountState().isUsable(at: .max))
    }
}

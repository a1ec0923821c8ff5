import Dispatch
import Model
import Synchronization

/// A few pages that go round between the thread that reads and the one that merges: memory stays the same.
///
/// A class because both threads hold it. The reader waits when all pages are filled, the merger when none is.
final class PageRing: Sendable {
    private struct State {
        var empty: [MappedPage]
        var filled: [MappedPage] = []
        var end: Result<FeedEnd, DirectoryProblem>?
        var isCancelled = false
    }

    private let state: Mutex<State>
    private let emptyCount = DispatchSemaphore(value: 0)
    private let filledCount = DispatchSemaphore(value: 0)

    init(_ pages: [MappedPage]) {
        state = Mutex(State(empty: pages))
        for _ in pages { emptyCount.signal() }
    }

    // MARK: The reader's side

    /// Waits for an empty page; nil when the merger has given up.
    func takeEmpty() -> MappedPage? {
        emptyCount.wait()
        return state.withLock { $0.isCancelled ? nil : $0.empty.popLast() }
    }

    func putFilled(_ page: sending MappedPage) {
        state.withLock { $0.filled.append(page) }
        filledCount.signal()
    }

    /// Nothing more will come.
    func finish(_ end: Result<FeedEnd, DirectoryProblem>) {
        state.withLock { $0.end = end }
        filledCount.signal()
    }

    // MARK: The merger's side

    /// Waits for a filled page; nil at the end.
    func takeFilled() -> MappedPage? {
        filledCount.wait()
        return state.withLock { $0.filled.isEmpty ? nil : $0.filled.removeFirst() }
    }

    func putEmpty(_ page: consuming MappedPage) {
        page.removeAll()
        let page = page
        state.withLock { $0.empty.append(page) }
        emptyCount.signal()
    }

    /// Tells the reader to stop, and waits until it has.
    func cancel() {
        state.withLock { $0.isCancelled = true }
        emptyCount.signal()
        while state.withLock({ $0.end == nil }) { filledCount.wait() }
    }

    /// How the reading ended. Only after `takeFilled` returned nil.
    var end: Result<FeedEnd, DirectoryProblem>? { state.withLock(\.end) }
}

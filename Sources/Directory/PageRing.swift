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

    /// Waits for a filled page, and takes those that have gathered meanwhile as well, up to `limit`; none at the end.
    func takeFilled(atMost limit: Int) -> [MappedPage] {
        filledCount.wait()
        var pages = takeFirst().map { [$0] } ?? []
        while !pages.isEmpty, pages.count < limit, filledCount.wait(timeout: .now()) == .success {
            guard let page = takeFirst() else {
                // It was the end, which is for the next call.
                filledCount.signal()
                break
            }
            pages.append(page)
        }
        return pages
    }

    private func takeFirst() -> MappedPage? { state.withLock { $0.filled.isEmpty ? nil : $0.filled.removeFirst() } }

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

    /// How the reading ended. Only after `takeFilled` returned nothing.
    var end: Result<FeedEnd, DirectoryProblem>? { state.withLock(\.end) }
}

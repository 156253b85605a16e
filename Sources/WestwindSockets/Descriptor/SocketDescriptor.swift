/// A socket's number: a kernel socket, or a layer over one.
///
/// It is a value like a C descriptor: copying it copies a number, and closing any copy closes the socket. The number
/// is always one of the kernel's, so it can be given to `poll(2)`, `epoll`, or a Dispatch source. Every method takes
/// every kind of descriptor.
public struct SocketDescriptor: RawRepresentable, Sendable, Hashable {
  public let rawValue: CInt

  public init(rawValue: CInt) {
    self.rawValue = rawValue
  }
}

extension SocketDescriptor {
  /// Sound to send: the object is the operations, which are.
  @safe private struct Entry: @unchecked Sendable {
    let operations: any SocketOperations
    /// The operations, if their type is a class. A layer above finds its own kind by it, for the price of a comparison.
    let object: AnyObject?

    init(_ operations: any SocketOperations) {
      self.operations = operations
      object = type(of: operations) is AnyClass ? operations as AnyObject : nil
    }
  }

  private static let table = DescriptorTable<Entry>()

  /// The operations behind the number: those in the table, or the kernel's.
  public var operations: any SocketOperations {
    SocketDescriptor.table[rawValue]?.operations ?? KernelSocket(number: rawValue)
  }

  /// The operations in the table; nil for a kernel socket, which the kernel's own calls know too.
  package var layer: (any SocketOperations)? { SocketDescriptor.table[rawValue]?.operations }

  /// The object in the table; nil for a kernel socket, and for operations that are no object.
  package var layerObject: AnyObject? { SocketDescriptor.table[rawValue]?.object }

  /// Enters a new kind of descriptor.
  ///
  /// - Parameters:
  ///   - operations: what it can do.
  ///   - number: a kernel descriptor that these operations own and that nothing else uses. It is the key, so that a
  ///     number never means two things.
  public static func register(_ operations: any SocketOperations, number: CInt) -> SocketDescriptor {
    Layers.noteOpened(number)
    return enter(operations, number: number)
  }

  /// As `register`, for a number that `Layers` has been told of, or whose operations give way to others.
  package static func enter(_ operations: any SocketOperations, number: CInt) -> SocketDescriptor {
    table[number] = Entry(operations)
    return SocketDescriptor(rawValue: number)
  }

  /// Takes an entry out again, before its number is given back to the kernel.
  public static func unregister(number: CInt) {
    table[number] = nil
  }

  /// Takes an entry out if it still is the owner's: behind a `close(2)` the number may be another's by now.
  ///
  /// - Returns: whether it was.
  @discardableResult
  package static func unregister(number: CInt, of owner: AnyObject) -> Bool {
    table.remove(number) { $0.object === owner } != nil
  }

  /// Takes whatever is in the table under a number.
  static func takeEntry(_ number: CInt) -> (any SocketOperations)? {
    table[number] == nil ? nil : table.remove(number) { _ in true }?.operations
  }

  /// All objects in the table, in the order of their numbers.
  package static var allObjects: [AnyObject] { table.all.compactMap { $0.object } }
}

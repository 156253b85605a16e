/// A descriptor that stands over another one, which its owner may ask about.
package protocol LayeredSocket: SocketOperations {
  var descriptorBelow: SocketDescriptor { get }
}

import Testing
import WestwindMQTT
import WestwindTestSupport

struct FileStoreModelTests {
  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `random records come back as a model has them, wherever the store is opened again`(_ seed: UInt64) throws {
    let file = try StoreFile(isInMemory: true)
    var model = StoreModel(seed: seed)
    for step in 0..<150 {
      let store = try file.open()
      try model.step(store)
      try store.commit()
      let contents = try StoreContents(of: store)
      #expect(contents == model.contents, "step \(step)")
      guard contents == model.contents else { return }
      // the next store reads what this one wrote
    }
    #expect(try file.contents() == model.contents)
  }

  @Test(arguments: 1...2 as ClosedRange<UInt64>)
  func `a store that is made anew often has what the model has`(_ seed: UInt64) throws {
    let file = try StoreFile(isInMemory: true)
    var model = StoreModel(seed: seed)
    model.longest = 150_000
    var (store, size, shrinkings) = (try file.open() as MQTTFileStore?, 0, 0)
    for step in 0..<400 {
      try model.step(store!)
      if step % 3 == 0 { try store!.commit() }
      if file.size < size { shrinkings += 1 }
      size = file.size
      if step % 50 == 49 {
        store = nil
        store = try file.open()
        let isRight = try StoreContents(of: store!) == model.contents
        #expect(isRight, "step \(step)")
      }
    }
    #expect(shrinkings >= 2)
    #expect(file.names == ["session"])
  }
}

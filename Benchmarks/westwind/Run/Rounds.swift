/// Runs all clients of an item in turns.
struct Rounds {
  let clients: [BenchClient]
  let server: String
  let rounds: Int
  /// How long a run is to take.
  let seconds: Double

  /// What the item's clients made of it; those that have no such workload are left out.
  func measure(_ item: Plan.Item) throws -> Outcome {
    let server = try NeutralServer(server)
    defer { server.stop() }
    let port = item.isSecure ? server.securePort : server.port
    var entrants: [(client: BenchClient, count: Int, figures: [BenchClient.Figures])] = []
    for client in entered(item) {
      do {
        guard let count = try messages(client, item, port) else { continue }
        entrants.append((client, count, []))
      } catch {
        say("\(client.name), \(item.title): left out: \(error)")
      }
    }
    for _ in 0..<(item.isIdle ? 1 : rounds) {
      for index in entrants.indices {
        let (client, count, _) = entrants[index]
        do {
          guard let figures = try client.run(item, port: port, count: count) else { continue }
          entrants[index].figures.append(figures)
        } catch {
          say("\(client.name), \(item.title): a run is left out: \(error)")
        }
      }
    }
    return Outcome(
      item: item,
      results: entrants.compactMap { entrant in
        Result(client: entrant.client.name, count: entrant.count, isIdle: item.isIdle, entrant.figures)
      })
  }

  /// The clients, and behind ours those that show its calls singly.
  private func entered(_ item: Plan.Item) -> [BenchClient] {
    clients.flatMap { client in
      guard client.name == ourName else { return [client] }
      let variants = item.variants.map { variant in
        BenchClient(
          name: "\(ourName) (\(variant))", program: client.program, arguments: client.arguments, variant: variant)
      }
      return [client] + variants
    }
  }

  /// How many messages take about as long as asked. This first run is not counted.
  private func messages(_ client: BenchClient, _ item: Plan.Item, _ port: UInt16) throws -> Int? {
    if item.isIdle { return item.size }
    var count = 256
    while true {
      guard let figures = try client.run(item, port: port, count: count), let took = figures.seconds else { return nil }
      if took >= seconds / 8 || count > 1 << 28 {
        let wanted = Int(Double(count) * seconds / took)
        // Ports of closed connections are not free again at once.
        let most = item.workload == "setup" ? 4000 : Int.max
        return min(most, max(64, wanted / 64 * 64))
      }
      count *= took > seconds / 80 ? 8 : 32
    }
  }
}

let ourName = "westwind"

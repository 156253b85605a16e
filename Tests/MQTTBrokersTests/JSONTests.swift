import MQTTBrokers
import TestSupport
import Testing

struct JSONTests {
  @Test(
    "Values are read as they were written",
    arguments: [
      #"{"a":[1,-2,null,true,false],"b":{"c":"d"}}"#, #""é\"\\\n\t""#, "[]", "{}", "12", #""\u0001""#,
    ])
  func roundTrip(text: String) throws {
    #expect(try JSON(parsing: text).text == text)
  }

  @Test("Escapes and spaces are understood")
  func escapes() throws {
    let value = try JSON(parsing: #" { "x" : [ "\u00e9\ud83e\udd86\/" , 1.9e1 ] } "#)
    #expect(value == ["x": ["é🦆/", 19]])
  }

  @Test("What is no JSON is refused", arguments: ["", "{", "[1,]x", "\"", "tru", "1 2", "{\"a\" 1}"])
  func refusals(text: String) {
    #expect(throws: TestSupportError.self) { try JSON(parsing: text) }
  }
}

import Testing
import WestwindTestSupport

struct JSONTests {
  @Test(arguments: [
    #"{"a":[1,-2,null,true,false],"b":{"c":"d"}}"#, #""é\"\\\n\t""#, "[]", "{}", "12", #""\u0001""#,
  ])
  func `values are read as they were written`(text: String) throws {
    #expect(try JSON(parsing: text).text == text)
  }

  @Test
  func `escapes and spaces are understood`() throws {
    let value = try JSON(parsing: #" { "x" : [ "\u00e9\ud83e\udd86\/" , 1.9e1 ] } "#)
    #expect(value == ["x": ["é🦆/", 19]])
  }

  @Test(arguments: ["", "{", "[1,]x", "\"", "tru", "1 2", "{\"a\" 1}"])
  func `what is no JSON is refused`(text: String) {
    #expect(throws: TestSupportError.self) { try JSON(parsing: text) }
  }
}

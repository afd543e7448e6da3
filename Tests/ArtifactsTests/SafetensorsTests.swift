import Artifacts
import Foundation
import Numerical
import TestSupport
import Testing

struct SafetensorsTests {
  struct Reference: Decodable {
    struct Tensor: Decodable {
      let name: String
      let shape: [Int]
      let bits: [String]
    }
    let bytes: String
    let tensors: [Tensor]
    let refused: [String: String]
  }

  let reference: Reference
  let tensors: [String: TensorStore.Tensor]

  init() throws {
    reference = try Fixture.load("tensor_file")
    tensors = Dictionary(
      reference.tensors.map { tensor in
        let values = tensor.bits.compactMap { UInt64($0, radix: 16) }.map(Double.init(bitPattern:))
        return (tensor.name, TensorStore.Tensor(shape: tensor.shape, values: values))
      }, uniquingKeysWith: { first, _ in first })
  }

  @Test func `writes the bytes of the reference implementation`() throws {
    #expect(Safetensors.encode(tensors) == bytes(reference.bytes))
  }

  @Test func `reads what the reference implementation wrote bit for bit`() throws {
    let read = try Safetensors.decode(bytes(reference.bytes))
    #expect(read.count == tensors.count)
    for (name, tensor) in tensors {
      #expect(read[name]?.shape == tensor.shape)
      #expect(read[name]?.values.map(\.bitPattern) == tensor.values.map(\.bitPattern))
    }
  }

  @Test func `a file without tensors is read back`() throws {
    #expect(try Safetensors.decode(Safetensors.encode([:])).isEmpty)
  }

  @Test func `every malformed file is refused`() throws {
    #expect(reference.refused.count == 16)
    for (name, hexadecimal) in reference.refused {
      #expect(throws: SafetensorsError.self, "\(name)") {
        try Safetensors.decode(bytes(hexadecimal))
      }
    }
  }

  @Test func `a repeated tensor is refused by name of the fault`() throws {
    let repeated = bytes(try #require(reference.refused["repeated key"]))
    #expect {
      try Safetensors.decode(repeated)
    } throws: {
      if case SafetensorsError.header(.duplicateKey) = $0 { true } else { false }
    }
  }

  @Test func `cutting a file anywhere is refused`() throws {
    let whole = bytes(reference.bytes)
    for length in 0..<whole.count {
      #expect(throws: SafetensorsError.self) { try Safetensors.decode(whole.prefix(length)) }
    }
  }

  private func bytes(_ hexadecimal: String) -> Data {
    let digits = Array(hexadecimal.utf8)
    return Data(
      stride(from: 0, to: digits.count - 1, by: 2).compactMap {
        UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
      })
  }
}

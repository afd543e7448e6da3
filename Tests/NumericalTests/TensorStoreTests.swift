import Foundation
import Numerical
import Testing

struct TensorStoreTests {
  struct Model: Codable, Equatable {
    var weights: Matrix
    var steps: [Step]

    struct Step: Codable, Equatable { var mean: Vector }
  }

  let model = Model(
    weights: Matrix(rows: [[1.5, -0.0], [.leastNonzeroMagnitude, .pi]]),
    steps: [.init(mean: [1, 2]), .init(mean: [])])

  @Test func `without a store arrays are coded inline and come back equal`() throws {
    let data = try JSONEncoder().encode(model)
    #expect(try JSONDecoder().decode(Model.self, from: data) == model)
  }

  @Test func `with a store arrays are set aside under their coding path`() throws {
    let store = TensorStore()
    let data = try encoded(model, into: store)
    #expect(store.tensors.keys.sorted() == ["steps.0.mean", "steps.1.mean", "weights"])
    #expect(store.tensors["weights"]?.shape == [2, 2])
    #expect(store.tensors["steps.1.mean"]?.shape == [0])
    #expect(!String(decoding: data, as: UTF8.self).contains("1.5"))
    #expect(try decoded(data, from: TensorStore(tensors: store.tensors)) == model)
  }

  @Test func `a missing tensor is refused`() throws {
    let data = try encoded(model, into: TensorStore())
    #expect(throws: DecodingError.self) { try decoded(data, from: TensorStore()) }
  }

  @Test(arguments: [[4], [2, 3], [-2, -2], [4, 1, 1], [Int.max, Int.max], []])
  func `a shape that does not fit is refused`(shape: [Int]) throws {
    let store = TensorStore()
    let data = try encoded(model, into: store)
    var tensors = store.tensors
    tensors["weights"] = .init(shape: shape, values: [1, 2, 3, 4])
    #expect(throws: DecodingError.self) {
      try decoded(data, from: TensorStore(tensors: tensors))
    }
  }

  @Test func `an inline shape that does not fit is refused`() {
    let data = Data(#"{"shape":[2,2],"values":[1,2,3]}"#.utf8)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Matrix.self, from: data) }
  }

  private func encoded(_ model: Model, into store: TensorStore) throws -> Data {
    let encoder = JSONEncoder()
    encoder.userInfo[.tensorStore] = store
    return try encoder.encode(model)
  }

  private func decoded(_ data: Data, from store: TensorStore) throws -> Model {
    let decoder = JSONDecoder()
    decoder.userInfo[.tensorStore] = store
    return try decoder.decode(Model.self, from: data)
  }
}

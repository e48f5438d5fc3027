import dev.unrolling.engine.dl4j.ForgettingListener;
import dev.unrolling.engine.dl4j.UserModels;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Forgets the first of ten batches that a small model was trained on, and says how well. */
public class Forget {

  public static void main(String[] arguments) {
    Nd4j.getRandom().setSeed(1);
    List<DataSet> batches = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      INDArray features = Nd4j.randn(DataType.DOUBLE, 16, 4);
      INDArray labels = Nd4j.zeros(DataType.DOUBLE, 16, 2);
      for (int n = 0; n < 16; n++) {
        labels.putScalar(n, features.getDouble(n, 0) > 0 ? 1 : 0, 1);
      }
      batches.add(new DataSet(features, labels));
    }
    DataSet forget = batches.get(0);
    MultiLayerNetwork model = model();
    MultiLayerNetwork retrained = model.clone();
    // README shows these lines.
    ForgettingListener listener = new ForgettingListener(forget);
    model.addListeners(listener);
    for (DataSet batch : batches) {
      model.fit(batch);
    }
    MultiLayerNetwork unlearned = UserModels.unlearn(model, forget, listener.record());
    batches.subList(1, batches.size()).forEach(retrained::fit);
    System.out.println("nothing done: " + UserModels.distance(model, retrained));
    System.out.println("unlearned:    " + UserModels.distance(unlearned, retrained));
  }

  private static MultiLayerNetwork model() {
    MultiLayerNetwork model =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(2)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(0.01))
                .list()
                .layer(new DenseLayer.Builder().nIn(4).nOut(8).activation(Activation.TANH).build())
                .layer(
                    new OutputLayer.Builder().nIn(8).nOut(2).activation(Activation.SOFTMAX).build())
                .build());
    model.init();
    return model;
  }
}

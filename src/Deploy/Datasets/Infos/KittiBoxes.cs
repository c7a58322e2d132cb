using Quant.Core.Models;

namespace Deploy.Datasets.Infos;

/// <summary>KITTI's boxes: bottom centre, l, h, w and rotation about the camera's y axis, which points down.</summary>
internal static class KittiBoxes
{
    public static RigidTransform CameraToLidar(InfoValue info) =>
        RigidTransform.FromMatrix(info.Get("images").Get("CAM2").Get("lidar2cam").Finite(16)).Inverse();

    /// <summary>As <c>Box3DMode.convert</c> from CAM to LIDAR does (mmdet3d/structures/bbox_3d/box_3d_mode.py): yaw = −r_y − π/2.</summary>
    public static Box3D FromCamera(double[] box, in RigidTransform toLidar)
    {
        var (x, y, z) = toLidar.Apply(box[0], box[1], box[2]);
        var yaw = Math.IEEERemainder(-box[6] - (Math.PI / 2), 2 * Math.PI);
        return new(x, y, z + (box[4] / 2), box[3], box[5], box[4], yaw, double.NaN, double.NaN);
    }
}

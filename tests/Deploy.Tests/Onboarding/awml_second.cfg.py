# The text that MMEngine keeps in meta.cfg: everything resolved, lists and tuples over several lines.
auto_scale_lr = dict(base_batch_size=32, enable=False)
backend_args = None
class_names = [
    'car',
    'truck',
    'bus',
    'bicycle',
    'pedestrian',
]
custom_hooks = [
    dict(type='MomentumInfoHook'),
    dict(interval=1, num_images=2, score_threshold=0.3, type='ObjectSample'),
]
custom_imports = dict(allow_failed_imports=False, imports=['projects.CenterPoint.models', 'autoware_ml.detection3d'])
data_root = './data/t4dataset/'
eval_class_range = dict(bicycle=121, bus=121, car=121, pedestrian=121, truck=121)
lr = 0.0003
point_cloud_range = [-51.2, -51.2, -3.0, 51.2, 51.2, 5.0]
out_size_factor = 2
voxel_size = [0.4, 0.4, 8.0]
optim_wrapper = dict(
    clip_grad=dict(max_norm=15, norm_type=2),
    dtype='float16',
    loss_scale=dict(growth_interval=2000, init_scale=2.0**8),
    optimizer=dict(lr=0.0003, type='AdamW', weight_decay=0.01),
    type='AmpOptimWrapper')
model = dict(
    data_preprocessor=dict(
        type='Det3DDataPreprocessor',
        voxel=True,
        voxel_layer=dict(
            deterministic=True,
            max_num_points=32,
            max_voxels=(40000, 60000, ),
            point_cloud_range=[-51.2, -51.2, -3.0, 51.2, 51.2, 5.0],
            voxel_size=[0.4, 0.4, 8.0]),
        voxel_type='hard'),
    pts_backbone=dict(
        conv_cfg=dict(bias=False, type='Conv2d'),
        in_channels=32,
        layer_nums=[2, 3, 3],
        layer_strides=[1, 2, 2],
        norm_cfg=dict(eps=0.001, momentum=0.01, type='BN'),
        out_channels=[32, 64, 128],
        type='SECOND'),
    pts_bbox_head=dict(
        bbox_coder=dict(
            code_size=9,
            max_num=500,
            out_size_factor=2,
            pc_range=[-51.2, -51.2],
            post_center_range=[-70.0, -70.0, -10.0, 70.0, 70.0, 10.0],
            score_threshold=0.1,
            type='CenterPointBBoxCoder',
            voxel_size=[0.4, 0.4]),
        common_heads=dict(dim=(3, 2), height=(1, 2), reg=(2, 2), rot=(2, 2), vel=(2, 2)),
        in_channels=192,
        loss_cls=dict(loss_weight=1.0, reduction='none', type='mmdet.AmpGaussianFocalLoss'),
        norm_bbox=True,
        separate_head=dict(final_kernel=1, init_bias=-4.595, type='CustomSeparateHead'),
        share_conv_channel=32,
        tasks=[dict(class_names=['car', 'truck', 'bus', 'bicycle', 'pedestrian'], num_class=5)],
        type='CenterHead'),
    pts_middle_encoder=dict(in_channels=32, output_shape=(256, 256), type='PointPillarsScatter'),
    pts_neck=dict(
        in_channels=[32, 64, 128],
        out_channels=[64, 64, 64],
        type='SECONDFPN',
        upsample_strides=[0.5, 1, 2],
        use_conv_for_no_stride=True),
    pts_voxel_encoder=dict(feat_channels=[32, 32], in_channels=4, legacy=False, type='BackwardPillarFeatureNet'),
    test_cfg=dict(
        pts=dict(
            min_radius=[1.0],
            nms_type='circle',
            post_center_limit_range=[-70.0, -70.0, -10.0, 70.0, 70.0, 10.0],
            post_max_size=200,
            score_threshold=0.1)),
    train_cfg=dict(pts=dict(code_weights=[1.0] * 8 + [0.2, 0.2])),
    type='CenterPoint')
work_dir = "work_dirs/centerpoint"
